FROM localhost/languages:1
COPY src /src
COPY webapp /tomcat/webapps/ROOT
RUN cp -r /opt/conf /tomcat/conf && mkdir /tomcat/logs /tomcat/temp /tomcat/work && javac -cp /opt/lib/servlet-api.jar -d /tomcat/webapps/ROOT/WEB-INF/classes /src/Hello.java
EXPOSE 8080
CMD exec java -cp /opt/bin/bootstrap.jar:/opt/bin/tomcat-juli.jar -Dcatalina.home=/opt -Dcatalina.base=/tomcat $JAVA_OPTS org.apache.catalina.startup.Bootstrap start
